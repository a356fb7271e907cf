"""Django's PostgreSQL, with the second wall before its tables; `ENGINE` in the settings."""
