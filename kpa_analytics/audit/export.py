"""`export_audit()`: write the evidence pack, a folder that an auditor can open, read and check."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kpa_analytics.analysis.chosen_scope import Offices, People, Trainings, chosen_scope
from kpa_analytics.analysis.fleet import Fleet
from kpa_analytics.analysis.requirements import required_pairs
from kpa_analytics.analysis.schedules import as_expiring_days
from kpa_analytics.as_of import Day, as_day, need_day
from kpa_analytics.audit.atomic_folder import new_folder, refuse_occupied
from kpa_analytics.audit.bagit import PAYLOAD, write_bag
from kpa_analytics.audit.compare import earlier_completions
from kpa_analytics.audit.covered_part import part_settings
from kpa_analytics.audit.csv import marked, write_csv, write_parquet
from kpa_analytics.audit.documents import write_documents
from kpa_analytics.audit.evidence import Evidence, gather, with_labels
from kpa_analytics.audit.fleet_pack import refuse_choices, write_fleet_pack
from kpa_analytics.audit.manifest import write_checksums, write_manifest
from kpa_analytics.audit.needed_packages import need_extra
from kpa_analytics.audit.pack_data import IN_PARQUET, RECORDS_FILE
from kpa_analytics.audit.provenance import fetched_at, instant, provenance
from kpa_analytics.audit.pseudonyms import kept_pseudonyms
from kpa_analytics.audit.recompute import people as listed_people
from kpa_analytics.audit.recompute import recompute_tables
from kpa_analytics.audit.sample import sample_of, sample_size
from kpa_analytics.audit.sign import SigningKey, sign_manifest, signing_key
from kpa_analytics.audit.since_earlier_pack import changes_since, earlier_pack
from kpa_analytics.audit.timestamp import timestamp_manifest, timestamp_url
from kpa_analytics.data.need_evidence import need_evidence
from kpa_analytics.data.snapshots import Kept
from kpa_analytics.data.training_data import TrainingData, need_training_data
from kpa_analytics.endpoints import endpoint_of
from kpa_analytics.errors import KPADataError, KPADataWarning, warn
from kpa_analytics.inputs import AnyFrame, need_switch
from kpa_analytics.paths import typed_path
from kpa_analytics.report_text import BAG, IN_WORKBOOK, TITLE
from kpa_analytics.utf8 import need_texts
from kpa_analytics.wording import one_line, say

if TYPE_CHECKING:
    from kpa_analytics.audit.pseudonyms import Pseudonyms

KIND = "audit pack"


def export_audit(
    data: TrainingData | Fleet,
    out: str | os.PathLike[str],
    *,
    as_of: Day,
    expiring_days: int = 30,
    required: AnyFrame | None = None,
    title: str | None = None,
    names: bool = True,
    incremental: bool = False,
    bagit: bool = False,
    sign: str | os.PathLike[str] | SigningKey | None = None,
    timestamp: str | None = None,
    people: People | None = None,
    trainings: Trainings | None = None,
    field_office: Offices | None = None,
    sample: int | None = None,
    seed: int | None = None,
    since: str | os.PathLike[str] | None = None,
    standard: str | None = None,
    organisation: str | None = None,
) -> Path:
    """Write the evidence pack: a new folder that appears complete or not at all.

    It contains report.html (one page, interactive offline), audit.pdf (the same report for print),
    charts/ (SVG, and PNG at twice the size), audit.xlsx, records.csv and records.parquet
    (`schema.RECORDS`: every completion with names, expiration date, and whether it counts),
    cases.csv and cases.parquet (`schema.CASES`: every case with its status and what is on file),
    trainings.csv, people.csv and required.csv (what else is needed to compute every status again:
    `schema.PACK_TRAININGS`, `schema.PEOPLE`, `schema.PACK_REQUIRED`),
    trend.csv (the cases of each status on one day of each of the last twelve months,
    `schema.STATUS_OVER_TIME`), renewals.csv (each certificate that came due in these months, and
    what became of it, `schema.RENEWALS`),
    manifest.json (the provenance, and the SHA-256 of every file), manifest-sha256.txt (the same
    hashes for the command `sha256sum -c`) and verify.html (a page that checks the pack offline).
    The same data, day and settings give the same bytes.

    Of a fleet, each account has its own pack, in the folder of its name. index.html and parts.csv
    (`schema.FLEET_PARTS`) add up their figures, and manifest.json lists every file of every pack,
    so that all of them are verified together. An account that could not be loaded is named, and a
    KPADataWarning is given.

    Args:
        data: the records, as `load_all()` or `load_fleet()` returns them. For a fleet, `required`,
            `people`, `trainings`, `field_office`, `since`, `bagit` and `organisation` can't be
            given.
        out: the folder to create; it must not exist, or be empty.
        as_of: the day of the statuses; a date or ISO text.
        expiring_days: days before expiration that count as expiring, for trainings that do not
            set their own number; default 30.
        required: the requirements, a frame of (m_user_id, training_id); default: the vendor's
            employee status, if `data` has it.
        title: the pack's title; default "Training records", and the name of an account of
            accounts.toml.
        names: False replaces every person by a stable pseudonym and leaves notes out. Hire and
            leaving days stay in people.csv, because the statuses depend on them; transcripts do not
            show them (see `audit.pseudonyms`). Default True.
        incremental: True accepts an incremental snapshot (`refresh="recent"`), which may lack
            corrections of older records; the report says so. False, the default, refuses it.
        bagit: True writes the pack as a bag of BagIt 1.0, with the pack in data/; default False.
        sign: the private key (a PEM file: Ed25519, RSA or an elliptic curve) that signs the
            manifest, as manifest.json.sig; default: the pack is not signed. See `audit.sign`.
        timestamp: the address of a time-stamping authority (RFC 3161), to which the hash of the
            manifest is sent; its answer is manifest.json.tsr. Default: nothing is sent.
        people: only these people: ids, employee numbers, or names that only one person has, one or
            a list; default: everyone. The pack has a transcript of each, in transcripts/.
        trainings: only these trainings: ids, or titles that only one training has; default: all of
            them. The pack has a roster of each, in rosters/.
        field_office: only the people of these field offices: names or ids; default: all of them.
            The pack has a transcript of each person.
        sample: how many cases to draw for an audit test, stratified by training and status; all of
            them if there are fewer. They are in sample.csv and in the report, with columns for the
            tester and the method. Default: no sample.
        seed: the whole number that decides which cases are drawn; default 0.
        since: an earlier pack of the same account and scope. The report says which cases are newly
            expired, newly missing or renewed, who joined and left, and which records were edited;
            since.csv has them all. Default: no pack, and the report says so.
        standard: the standard or requirement of the audit, for the cover, such as
            "ISO 45001, 7.2"; default: none is named.
        organisation: whose records these are, for the cover; default: not known. The
            command line asks the API for it.

    Returns:
        The folder.

    Raises:
        KPADataError: `out` is not empty or cannot be written, an argument is invalid, the key
            cannot be read, the completions come from an incremental refresh and `incremental`
            is False, or a collection lacks a column. An error about the records of an account of a
            fleet names it.
        KPATransportError: the time-stamping authority cannot be reached; no pack is written.
        KPAError: the packages that write evidence packs, or sign them, are not installed.

    Examples:
        >>> import kpa_analytics as kpa
        >>> from kpa_analytics.demo import Records
        >>> with kpa.demo.serve(Records()) as api:
        ...     _ = kpa.configure(token=api.token, api_url=api.url, progress=False)
        ...     data = kpa.load_all()
        >>> import tempfile
        >>> pack = export_audit(data, Path(tempfile.mkdtemp()) / "pack", as_of="2026-06-30")
        >>> kpa.verify_audit(pack).height
        0
    """
    need_extra("evidence packs")
    need_texts(title=title, standard=standard, organisation=organisation)
    for name, value in {"names": names, "incremental": incremental, "bagit": bagit}.items():
        need_switch(value, name)
    as_expiring_days(expiring_days)
    drawing = sample_size(sample, seed)
    stamped_by = timestamp_url(timestamp) if timestamp is not None else None
    if isinstance(data, Fleet):
        refuse_choices(
            {
                "required": required is not None,
                "people": people is not None,
                "trainings": trainings is not None,
                "field_office": field_office is not None,
                "since": since is not None,
                "bagit": bagit,
                "organisation": organisation is not None,
            }
        )
        one_key = sign if sign is None or isinstance(sign, SigningKey) else signing_key(sign)
        return write_fleet_pack(
            data,
            out,
            as_of=need_day(as_of, "as_of"),
            title=_title(title),
            key=one_key,
            write_pack=partial(
                export_audit,
                as_of=as_of,
                expiring_days=expiring_days,
                names=names,
                incremental=incremental,
                sign=one_key,
                timestamp=timestamp,
                sample=sample,
                seed=seed,
                standard=standard,
            ),
        )
    need_training_data(data)
    if as_of is None:
        raise KPADataError(
            "as_of must be a day such as 2026-06-30, not None: a pack is always as of one day"
        )
    need_evidence(data, incremental)
    old = None if since is None else earlier_pack(since)
    target = typed_path(out).absolute()
    refuse_occupied(target)
    key = sign if sign is None or isinstance(sign, SigningKey) else signing_key(sign)
    earlier = earlier_completions(data)
    scope = chosen_scope(data, people, trainings, field_office)
    data = data.part(scope)
    required = _of_part(required, data)
    if not names:
        pseudonyms = kept_pseudonyms().in_account(data.account)
        data, required, earlier = _pseudonymous(pseudonyms, data, required, earlier)
    evidence = gather(
        data,
        as_of=as_day(as_of),
        expiring_days=expiring_days,
        required=required,
        title=_title(title, data.account),
        names=names,
        earlier=earlier,
        standard=_line(standard),
        organisation=_line(organisation),
    )
    if drawing:
        drawn = sample_of(evidence.data, evidence.cases, evidence.as_of, *drawing)
        evidence = replace(evidence, sample=drawn)
    if old:
        compared = changes_since(
            *(old, _facts(evidence), evidence.cases, listed_people(evidence), evidence.records),
            whole=None if scope.is_all else evidence.data.whole,
        )
        evidence = replace(evidence, since=compared)
    with new_folder(target) as folder:
        pack = folder / PAYLOAD if bagit else folder
        pack.mkdir(exist_ok=True)
        if not scope.is_all:
            write_documents(evidence, required, pack)
        announced = {"signature": key, "timestamp": stamped_by}
        _write(evidence, pack, {name: by.facts for name, by in announced.items() if by})
        if key:
            sign_manifest(pack, key)
        if stamped_by:
            timestamp_manifest(pack, stamped_by)
        if bagit:
            write_bag(folder, say(BAG, title=evidence.title, day=evidence.as_of))
    return target


def _write(evidence: Evidence, folder: Path, announced: dict[str, object]) -> None:
    from kpa_analytics.audit.html import write_page
    from kpa_analytics.audit.missing_glyphs import sentences, undrawable
    from kpa_analytics.audit.pdf import write_document
    from kpa_analytics.audit.report import report
    from kpa_analytics.audit.report_charts import draw, write_drawings
    from kpa_analytics.audit.report_records import add_quality_sentence
    from kpa_analytics.audit.verify_page import VERIFY_PAGE, write_verify_page
    from kpa_analytics.audit.xlsx import write_workbook

    facts = _facts(evidence)
    shown = with_labels(evidence)
    drawings = draw(shown)
    story = report(shown, list(drawings))
    missing = undrawable(story, {name: drawing.svg for name, drawing in drawings.items()})
    for sentence in sentences(missing):
        add_quality_sentence(story, sentence)
        warn(sentence, KPADataWarning)
    made = fetched_at(evidence.data) or datetime.combine(evidence.as_of, time(), UTC)
    metadata = {name: str(facts[name]) for name in ("title", "as_of", "fetched_at", "demo")}
    write_tables(evidence, folder, metadata)
    cuts = write_workbook(evidence, story, folder / "audit.xlsx", made=made)
    for sentence in cuts:
        add_quality_sentence(story, say(IN_WORKBOOK, sentence=sentence))
        warn(f"audit.xlsx: {sentence}", KPADataWarning)
    write_drawings(drawings, folder / "charts")
    write_page(story, drawings, folder / "report.html")
    write_document(story, drawings, folder / "audit.pdf", made=made)
    without_glyph = [
        {"letter": each.character, "name": each.name, "where": each.where} for each in missing
    ]
    limits = {"letters_without_glyph": without_glyph, "workbook_cuts": cuts}
    write_verify_page(folder / VERIFY_PAGE)
    write_checksums(folder)
    write_manifest(folder, {**facts, **limits, **announced})


def write_tables(evidence: Evidence, folder: Path, metadata: dict[str, str]) -> None:
    """Write every table of a pack as CSV, and some as Parquet with this metadata."""
    rows = marked(evidence.records, demo=evidence.data.demo)
    write_csv(rows, folder / "records.csv")
    write_parquet(rows, folder / RECORDS_FILE, metadata)
    if evidence.since:
        write_csv(marked(evidence.since.rows, demo=evidence.data.demo), folder / "since.csv")
    if evidence.sample:
        write_csv(marked(evidence.sample.rows, demo=evidence.data.demo), folder / "sample.csv")
    past = {"trend": evidence.past.trend, "renewals": evidence.past.renewals}
    for name, table in {"cases": evidence.cases, **past, **recompute_tables(evidence)}.items():
        table = marked(table, demo=evidence.data.demo)
        write_csv(table, folder / f"{name}.csv")
        if name in IN_PARQUET:
            write_parquet(table, folder / f"{name}.parquet", metadata)


def _facts(evidence: Evidence) -> dict[str, object]:
    loaded = evidence.changed_since
    settings = {
        "expiring_days": evidence.expiring_days,
        "required": evidence.required,
        "names": evidence.names,
        **({"standard": evidence.standard} if evidence.standard else {}),
        **({"organisation": evidence.organisation} if evidence.organisation else {}),
        **part_settings(evidence.data.scope),
        **({"changes_since": instant(loaded)} if loaded else {}),
        **({"sample": evidence.sample.facts} if evidence.sample else {}),
        **({"since": evidence.since.facts} if evidence.since else {}),
    }
    facts = provenance(
        evidence.data,
        evidence.figures,
        kind=KIND,
        as_of=evidence.as_of,
        settings=settings,
    )
    counts = {
        "findings": evidence.findings.height,
        "disagreements": evidence.disagreements.height,
        "changes": evidence.changed.height,
        **evidence.headline.counts,
    }
    return {"title": evidence.title, **facts, "counts": facts["counts"] | counts}


def _of_part(required: AnyFrame | None, data: TrainingData) -> AnyFrame | None:
    """The given requirements of the chosen people and trainings; a part lists nobody else."""
    if required is None or data.scope.is_all:
        return required
    required_pairs(required)  # raises an error that names a missing column
    if "training_id" in required.collect_schema():
        return required.filter(data.scope.records(data.whole.trainings))
    return required.filter(data.scope.of_people("m_user_id"))


def _pseudonymous(
    pseudonyms: Pseudonyms, data: TrainingData, required: AnyFrame | None, earlier: Kept | None
) -> tuple[TrainingData, AnyFrame | None, Kept | None]:
    given = required.collect() if isinstance(required, pl.LazyFrame) else required
    return (
        pseudonyms.data(data),
        None if given is None else pseudonyms.frame(given),
        Kept(pseudonyms.frame(earlier.frame, endpoint_of("completions")), earlier.snapshot)
        if earlier
        else None,
    )


def _line(given: str | None) -> str:
    """A text for the cover on one line, or nothing."""
    return one_line(given) if given and given.strip() else ""


def _title(title: str | None, account: str | None = None) -> str:
    if title is None and account:
        title = f"{TITLE}: {account}"
    return one_line(title or TITLE)
