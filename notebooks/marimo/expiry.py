import marimo

app = marimo.App(width="medium", app_title="Who is expired, and who is next?")


@app.cell
def _():
    import warnings
    from datetime import date

    import marimo as mo
    import polars as pl

    import kpa_analytics as kpa

    return date, kpa, mo, pl, warnings


@app.cell
def _(mo):
    mo.md("""
    # Who is expired, and who is next?

    This notebook is for [marimo](https://marimo.io). Change a control, and every figure, chart and
    table below it follows. The explorers of `kpa.widgets` are made for Jupyter and do not run in
    marimo; the controls here do their work.
    """)


@app.cell
def _(kpa, mo, warnings):
    if not kpa.settings().token:  # no KPA_API_TOKEN is set: an invented company stands in
        kpa.demo.start()
        warnings.simplefilter("ignore", kpa.errors.KPADataWarning)
    with mo.status.spinner(title="Loading the training records"):
        data = kpa.load_all()
    mo.md(
        f"**{data.completions.height:,} completions** of {data.users.height:,} people"
        + (". **Demo data: invented people and records, not evidence.**" if data.demo else ".")
    )
    return (data,)


@app.cell
def _(data, date, kpa, mo):
    as_of = mo.ui.date(value=kpa.demo.AS_OF if data.demo else date.today(), label="As of")
    expiring_days = mo.ui.number(0, 365, value=30, label="Expiring within (days)")
    _titles = dict(data.trainings.sort("title").select("title", "id").iter_rows())
    trainings = mo.ui.multiselect(_titles, label="Trainings (none chosen: all)")
    mo.hstack([as_of, expiring_days, trainings], justify="start", wrap=True)
    return as_of, expiring_days, trainings


@app.cell
def _(as_of, data, expiring_days, kpa, mo, pl, trainings):
    mo.stop(as_of.value is None, mo.md("Choose a day."))
    mo.stop(expiring_days.value is None, mo.md("Type a number of days."))
    everything = kpa.expiry_status(
        data.completions,
        data.trainings,
        data.users,
        as_of=as_of.value,
        expiring_days=expiring_days.value,
        required=data.requirements,
    )
    chosen = trainings.value
    status = everything.filter(pl.col("training_id").is_in(chosen)) if chosen else everything
    counts = dict(status["status"].value_counts().iter_rows())
    days = expiring_days.value
    due = status.filter(
        pl.col("status").is_in(["current", "expiring"]), pl.col("days_left").is_between(0, days)
    )
    figures = {
        label: "not known"
        if name == "missing" and data.requirements is None
        else f"{counts.get(name, 0):,}"
        for name, label in kpa.charts.STATUS_LABELS.items()
    }
    # Trainings may have their own number of days, or a window, that decides what is expiring soon.
    figures[f"Due within {days} {'day' if days == 1 else 'days'}"] = f"{due.height:,}"
    mo.hstack(
        [mo.stat(figure, label=label, bordered=True) for label, figure in figures.items()],
        justify="start",
        wrap=True,
    )
    return (status,)


@app.cell
def _(as_of, kpa, mo, status):
    mo.ui.altair_chart(
        kpa.charts.expiry_timeline(status, as_of=as_of.value, months=12),
        chart_selection=False,
        legend_selection=False,
    )


@app.cell
def _(as_of, kpa, mo, status):
    mo.ui.altair_chart(
        kpa.charts.expiry_by_training(status, as_of=as_of.value, top=12),
        chart_selection=False,
        legend_selection=False,
    )


@app.cell
def _(mo):
    mo.md("""
    ## The rows

    Sort, search and download them here. Choose a row to read why it has its status.
    """)


@app.cell
def _(kpa, mo, status):
    first = ["user", "training", "status", "days_left", "expiration_date", "date"]
    worst_first = status.sort("days_left", "user", nulls_last=True)
    table = mo.ui.table(
        kpa.schema.flat(worst_first.select(first + [c for c in status.columns if c not in first])),
        selection="single",
        hidden_columns=["m_user_id", "training_id", "completion_id"],
        show_column_summaries=False,
        page_size=15,
        label="One row per case: a person and a training",
    )
    table
    return (table,)


@app.cell
def _(as_of, data, expiring_days, kpa, mo, table):
    mo.stop(table.value.is_empty(), mo.md("No row is chosen."))
    case = table.value.row(0, named=True)
    why = kpa.explain(
        data,
        case["m_user_id"],
        case["training_id"],
        as_of=as_of.value,
        expiring_days=expiring_days.value,
    )
    mo.Html(why._repr_html_())


if __name__ == "__main__":
    app.run()
