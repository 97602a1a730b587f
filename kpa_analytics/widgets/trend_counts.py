"""The counts that the trend explorer shows, and the bars that a selection in them means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from kpa_analytics.analysis.case_groups import id_text
from kpa_analytics.analysis.selected_bars import in_bars
from kpa_analytics.charts.expirations_by_week import counted_weeks
from kpa_analytics.charts.trend_rows import OTHER_GROUPS_ID, counted, read_trend
from kpa_analytics.report_text import GROUP_NOUNS
from kpa_analytics.widgets.bars import FIGURE, GROUP, Bar
from kpa_analytics.widgets.trend_rows import (
    LARGEST_OF_WEEK,
    bar_in_words,
    group_in_words,
    no_group,
    trend_caption,
)
from kpa_analytics.wording import count, one_line

if TYPE_CHECKING:
    from datetime import date

    from kpa_analytics.analysis.choices import TrendChoices
    from kpa_analytics.analysis.trend_view import TrendView


@dataclass(frozen=True)
class TrendCounts:
    """The counts that the trend explorer shows for some choices.

    Attributes:
        view: the records.
        choices: the choices.
        rows: the counts of each day, or of each group on each day.
        together: the counts of each day, of all cases together.
        figures: the bars that each figure counts, as `behind_figures` returns them.
    """

    view: TrendView
    choices: TrendChoices
    rows: pl.DataFrame
    together: pl.DataFrame
    figures: dict[str, list[Any]]

    @property
    def last_day(self) -> date:
        """The last day that has counts."""
        last: date = self.rows["day"][-1]
        return last

    def behind(self, selected: Iterable[Bar]) -> list[Bar]:
        """The selected bars; each figure is replaced by the bars that it counts."""
        return [each for bar in selected for each in self._counted(bar)]

    def of_days(self, selected: Iterable[Bar]) -> pl.DataFrame:
        """The rows of the days, and of the groups, of the selected bars; all if none has a day."""
        bars = [bar for bar in self.behind(selected) if "day" in bar]
        if not bars:
            return self.rows
        places = [{name: bar[name] for name in ("day", GROUP) if name in bar} for bar in bars]
        places += [{"day": bar["since"]} for bar in bars if "since" in bar]
        by = self.choices.by
        return self.rows.filter(in_bars(places, {GROUP: id_text(by)} if by else {}))

    def in_words(self, bar: Bar) -> str:
        """A selected bar or figure in the caption of its cases."""
        known, by = self.view.requirements_known, self.choices.by
        if FIGURE in bar:
            return trend_caption(bar[FIGURE], self.together, known)
        if not by or GROUP not in bar:
            return bar_in_words(bar)
        if bar[GROUP] == OTHER_GROUPS_ID:
            number = len([each for each in self._folded if each])
            group, groups = GROUP_NOUNS[by]
            others = f"the {count(number, f'other {group}', f'other {groups}')}"
            if "" in self._folded:
                others = f"{others} and {no_group(by)}"
            return group_in_words(others, bar["day"], known)
        named = self.rows.filter(id_text(by) == bar[GROUP])[by]
        name = next((one_line(name) for name in named if name), no_group(by))
        return group_in_words(name, bar["day"], known)

    def _counted(self, bar: Bar) -> Sequence[Bar]:
        """Replace a figure, or the groups drawn as one, by the bars that it counts."""
        if bar.get(GROUP) == OTHER_GROUPS_ID and self._folded:
            return [{**bar, GROUP: group} for group in self._folded]
        if FIGURE not in bar:
            return [bar]
        if bar[FIGURE] in self.figures:
            return self.figures[bar[FIGURE]]
        weeks = counted_weeks(self.view.valid(self.choices), self.choices.as_of)
        known = weeks.filter(pl.col("part") == "week").drop_nulls("largest_id")
        field = "only" if bar[FIGURE] == LARGEST_OF_WEEK else "without"
        return known.select("week", pl.col("largest_id").alias(field)).to_dicts()

    @cached_property
    def _folded(self) -> list[str]:
        """The ids of the groups that the first chart draws as one."""
        drawn = counted(read_trend(self.rows))["group_id"].unique()
        groups = self.rows.select(id_text(self.choices.by or "")).to_series().unique().sort()
        return groups.filter(~groups.is_in(drawn.implode())).to_list()
