"""What ships with Glue jobs: the standard library and pyspark, nothing else of ours."""
