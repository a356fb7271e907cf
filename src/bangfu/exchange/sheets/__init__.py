"""Excel in and out: any kind of fact as a sheet, read, matched, compared, accepted, handed out."""
