"""Who gave the training behind each case, and that instructor's own certificate at the time."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.counting_records import counting_records
from kpa_analytics.analysis.instructor_certificates import TAUGHT, certificates
from kpa_analytics.analysis.latest_completion import AGE, ALWAYS
from kpa_analytics.analysis.limiting import OWN_PROOF
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.names import with_names
from kpa_analytics.statuses import EXPIRED, STATUS_LABELS

#: The instructor's own certificate of the training on the day of the completion, or `EXPIRED`.
#: `none`: the instructor had not completed the training by then. The records do not say whether
#: instructors need one. `not_known`: there is no day, or no rule that says how long it was valid.
WAS_VALID, NONE, NOT_KNOWN = "valid", "none", "not_known"
CERTIFICATE_LABELS = {
    WAS_VALID: "Valid",
    EXPIRED: STATUS_LABELS[EXPIRED],
    NONE: "None on record",
    NOT_KNOWN: "Not known",
}
#: The columns that `TaughtBy.of` adds.
COLUMNS = ("m_instructor_id", "instructor", "instructor_certificate")
_BY = ("m_instructor_id", "training_id")


class TaughtBy:
    """The instructors of one set of records."""

    def __init__(self, data: TrainingData) -> None:
        self._completions = data.completions
        self._taught = _instructors(data)

    def of(self, status: pl.DataFrame) -> pl.DataFrame:
        """Add `COLUMNS` to rows of `expiry_status()`; the rows keep their order.

        They are null where no completion of the case itself counts, as for a case that is held
        through included trainings, and where the completion names no instructor.
        """
        counting = counting_records(self._completions, status.filter(OWN_PROOF))
        taught = counting.select("m_user_id", "training_id").hstack(
            self._taught[counting["row"]].select(COLUMNS)
        )
        case = ["m_user_id", "training_id"]
        return status.join(taught, on=case, how="left", maintain_order="left", nulls_equal=True)


def _instructors(data: TrainingData) -> pl.DataFrame:
    """`COLUMNS` for each completion, in the order of the completions."""
    rows = data.completions.select(TAUGHT)
    taught = rows.drop_nulls().unique()
    known = certificates(taught, data.completions.lazy(), data.trainings.lazy())
    own = data.completions.rename({"m_instructor_id": "_", "m_user_id": "m_instructor_id"})
    undated = own.filter(pl.col("date").is_null()).select(*_BY, undated=True).unique()
    rules = schedules(data.trainings).select("training_id", "rule")
    has_rule = (pl.col("rule") != "unknown").fill_null(False)
    has_end = has_rule | pl.col("special_expiration_date").is_not_null()
    certificate = (
        pl.when("had_expired")
        .then(pl.lit(EXPIRED))
        .when(pl.col("had_expired").is_not_null() & has_end)
        .then(pl.lit(WAS_VALID))
        .when(pl.col("had_expired").is_null() & pl.col("undated").is_null())
        .then(pl.lit(NONE))
        .otherwise(pl.lit(NOT_KNOWN))
    )
    decided = (
        taught.lazy()
        .join(known.select(*TAUGHT, "had_expired"), on=TAUGHT, how="left")
        .join(rules.lazy(), on="training_id", how="left")
        .join(undated.lazy(), on=_BY, how="left")
        .sort("date")
        .join_asof(_ends(own).lazy(), on="date", by=_BY, check_sortedness=False)
        .select(*TAUGHT, certificate.alias("instructor_certificate"))
    )
    no_day = pl.col("m_instructor_id").is_not_null() & pl.col("date").is_null()
    joined = (
        rows.lazy()
        .join(decided, on=TAUGHT, how="left", maintain_order="left")
        .with_columns(
            pl.when(no_day)
            .then(pl.lit(NOT_KNOWN))
            .otherwise("instructor_certificate")
            .alias("instructor_certificate")
        )
    )
    return with_names(joined, data.users, "m_instructor_id", "instructor").select(COLUMNS).collect()


def _ends(own: pl.DataFrame) -> pl.DataFrame:
    """The special expiration date, if any, of each completion of an instructor, oldest first.

    A completion with only such a date counts from the first day, as in `latest_completion`.
    """
    proving = own.filter(pl.any_horizontal(pl.col("date", "special_expiration_date").is_not_null()))
    dated = proving.with_columns(pl.col("date").fill_null(ALWAYS)).sort(*AGE, nulls_last=False)
    return dated.select(*_BY, "date", "special_expiration_date")
