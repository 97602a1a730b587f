"""Tests that `python -m pytest` leaves out, because they take long and seldom fail alone.

Each repeats a check that stays in the suite: with more examples, in another place, or for another
case. `python -m pytest -m thorough` runs them; do so before a release, and after a change of what
they test. A file that is named on the command line is run whole.
"""

from __future__ import annotations

#: The beginnings of the ids of the tests.
THOROUGH = (
    "tests/analysis/test_as_known.py::test_equal_to_the_status_from_a_snapshot_of_that_instant",
    "tests/analysis/test_explain.py::test_a_reader_of_100_000_traces",
    "tests/analysis/test_session_weeks.py::test_the_solver_finds_no_cheaper_weeks_in_500_cases",
    "tests/audit/test_bagit.py::test_bagits_verdict_and_ours_agree_on_a_thousand_tamperings",
    "tests/audit/test_paper.py::test_every_chart_and_table_is_below_the_heading_of_its_section[of_an_office]",
    "tests/audit/test_paper.py::test_every_chart_and_table_is_below_the_heading_of_its_section[of_trainings]",
    "tests/audit/test_paper.py::test_every_chart_and_table_is_below_the_heading_of_its_section[sampled]",
    "tests/audit/test_paper.py::test_no_page_but_the_last_is_a_third_empty[of_an_office]",
    "tests/audit/test_paper.py::test_no_page_but_the_last_is_a_third_empty[of_trainings]",
    "tests/audit/test_paper.py::test_no_page_but_the_last_is_a_third_empty[sampled]",
    "tests/audit/test_zones.py::",
    "tests/browser/test_dashboard_lab.py::",
    "tests/browser/test_notebooks.py::test_it_runs_with_no_account_draws_and_says_what_is_committed[chromium-01",
    "tests/browser/test_notebooks.py::test_it_runs_with_no_account_draws_and_says_what_is_committed[chromium-02",
    "tests/browser/test_notebooks.py::test_it_runs_with_no_account_draws_and_says_what_is_committed[chromium-03",
    "tests/browser/test_notebooks.py::test_it_runs_with_no_account_draws_and_says_what_is_committed[chromium-04",
    "tests/browser/test_notebooks.py::test_it_runs_with_no_account_draws_and_says_what_is_committed[chromium-05",
    "tests/browser/test_notebooks.py::test_it_runs_with_no_account_draws_and_says_what_is_committed[chromium-06",
    "tests/browser/test_site.py::test_pages_fit_and_every_picture_is_drawn[chromium-dark-390",
    "tests/browser/test_site.py::test_pages_fit_and_every_picture_is_drawn[chromium-light-1600",
    "tests/browser/test_site.py::test_what_we_write_breaks_no_rule_of_accessibility[chromium-dark",
    "tests/browser/test_verify_page.py::test_the_page_and_verify_agree_on_a_thousand_tamperings",
    "tests/charts/test_every_chart.py::test_no_stroke_has_the_colour_of_the_background[True",
    "tests/charts/test_every_chart.py::test_the_first_and_the_last_day_of_the_calendar_can_be_as_of",
    "tests/charts/test_every_chart.py::test_the_same_data_in_another_order_gives_the_same_chart",
    "tests/charts/test_every_chart.py::test_the_user_s_theme_does_not_change_its_look",
    "tests/charts/test_periods.py::test_a_mistyped_year_neither_empties_a_chart_nor_thins_its_bars",
    "tests/charts/test_save.py::test_the_same_data_gives_the_same_drawing",
    "tests/charts/test_styled.py::test_two_charts_are_joined_and_look_as_each_does_alone",
    "tests/data/test_incremental.py::test_a_refresh_of_a_thousand_pages_takes_few_requests",
    "tests/data/test_incremental.py::test_after_any_changes_a_refresh_agrees_with_a_full_download",
    "tests/data/test_proof_model.py::test_forty_pages",
    "tests/hard/test_memory.py::",
    "tests/hard/test_windows.py::test_the_demo_pack_is_written_and_replaced",
    "tests/audit/test_chosen_scope.py::test_a_name_that_is_hostile_becomes_a_file_name",
    "tests/audit/test_chosen_scope.py::test_a_pack_with_pseudonyms_names_nobody_in_its_scope",
    "tests/audit/test_sample.py::test_a_sample_larger_than_the_cases_is_all_of_them",
    "tests/audit/test_workbook_in_calc.py::test_no_cell_is_too_narrow",
    "tests/browser/test_accessibility.py::test_the_report_breaks_no_rule[chromium-report-dark",
    "tests/browser/test_accessibility.py::test_the_report_breaks_no_rule[chromium-hostile_report-light",
    "tests/browser/test_accessibility.py::test_no_other_saved_chart_breaks_a_rule",
    "tests/browser/test_explorers.py::test_instructors_and_groups_alone_by_mouse_and_keyboard",
    "tests/browser/test_keys.py::test_every_focus_is_seen_and_no_rule_is_broken[chromium-dark",
    "tests/spark/test_spark.py::test_a_folder_without_personal_columns",
    "tests/spark/test_spark.py::test_group_sessions",
    "tests/spark/test_spark.py::test_statuses_as_known_without_accounts",
    "tests/spark/test_spark.py::test_the_page_about_spark",
    "tests/spark/test_spark.py::test_trend",
    "tests/spark/test_spark.py::test_wrong_records_of_an_account",
    "tests/test_startup.py::test_it_is_built_when_it_is_needed[a name]",
    "tests/test_startup.py::test_it_is_built_when_it_is_needed[a submodule]",
    "tests/widgets/test_expiry_export.py::test_a_part_under_pseudonyms",
    "tests/widgets/test_expiry_export.py::test_an_export_of_some_people",
)
#: Files whose slow tests are left out: they repeat the quick ones of the file with more cases.
SLOW_OF = (
    "tests/analysis/test_calendar_ends.py",
    "tests/analysis/test_expiry_oracle.py",
    "tests/analysis/test_expiry_properties.py",
    "tests/analysis/test_status_changes.py",
    "tests/analysis/test_status_over_time.py",
    "tests/charts/test_periods.py",
    "tests/data/test_incremental_corrections.py",
    "tests/data/test_sightings.py",
    "tests/hard/test_fuzz.py",
    "tests/widgets/test_mistyped_years.py",
)
