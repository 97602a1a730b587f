"""Who taught the completion behind a case, and the instructor's own certificate on that day."""

from __future__ import annotations

import polars as pl

from kpa_analytics.analysis.counting_records import counting_records
from kpa_analytics.analysis.instructor_certificates import TAUGHT, certificates
from kpa_analytics.analysis.names import with_names
from kpa_analytics.analysis.schedules import schedules
from kpa_analytics.data.training_data import TrainingData
from kpa_analytics.statuses import EXPIRED, STATUS_LABELS

#: The instructor's own certificate of the training on the day of the completion. `none` means that
#: the instructor had not completed the training by then; nothing says that it was needed.
VALID, NONE, NOT_KNOWN = "valid", "none", "not_known"
CERTIFICATE_LABELS = {
    VALID: "Valid",
    EXPIRED: STATUS_LABELS[EXPIRED],
    NONE: "None on record",
    NOT_KNOWN: "Not known",
}
#: The columns that `TaughtBy.of` adds.
COLUMNS = ("m_instructor_id", "instructor", "instructor_certificate")


class TaughtBy:
    """The instructors of one set of records."""

    def __init__(self, data: TrainingData) -> None:
        self._completions = data.completions
        self._taught = _instructors(data)

    def of(self, status: pl.DataFrame) -> pl.DataFrame:
        """Add `COLUMNS` to rows of `expiry_status()`, in their order.

        They are null where the completion that counts names no instructor. A case that is held
        through included trainings has no completion of its own.
        """
        counting = counting_records(self._completions, status)
        taught = counting.select("m_user_id", "training_id").hstack(
            self._taught[counting["row"]].select(COLUMNS)
        )
        case = ["m_user_id", "training_id"]
        return status.join(taught, on=case, how="left", maintain_order="left", nulls_equal=True)


def _instructors(data: TrainingData) -> pl.DataFrame:
    """`COLUMNS` for each completion, in their order."""
    rows = data.completions.select(TAUGHT)
    taught = rows.drop_nulls().unique()
    known = certificates(taught, data.completions.lazy(), data.trainings.lazy()).select(
        *TAUGHT, "had_expired"
    )
    rules = schedules(data.trainings).select("training_id", "rule")
    has_rule = (pl.col("rule") != "unknown").fill_null(False)
    certificate = (
        pl.when(pl.col("m_instructor_id").is_null())
        .then(None)
        .when(pl.col("date").is_null() | ~has_rule)
        .then(pl.lit(NOT_KNOWN))
        .when("had_expired")
        .then(pl.lit(EXPIRED))
        .when(pl.col("had_expired").is_not_null())
        .then(pl.lit(VALID))
        .otherwise(pl.lit(NONE))
    )
    joined = (
        rows.lazy()
        .join(known, on=TAUGHT, how="left", maintain_order="left")
        .join(rules.lazy(), on="training_id", how="left", maintain_order="left")
        .with_columns(certificate.alias("instructor_certificate"))
    )
    return with_names(joined, data.users, "m_instructor_id", "instructor").select(COLUMNS).collect()
