"""`publish()`: one folder of Parquet files that Power BI, Excel, Tableau, DuckDB and Spark read."""
