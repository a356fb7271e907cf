"""The analytical copy: the ledger's facts in columns, as far as it is copied, and its tail.

    database --rows--> Arrow columns --files--> Parquet segments and a manifest
                            |                          |
                            +------- tables <----------+

It holds what rules need, keyed by number: no name, no id number, no phone, no free text about a
person. Whatever it holds can be made again from the database, so backups leave it out.
"""
