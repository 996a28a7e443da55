"""Lab sheets that guide through other pages, and the folder that holds the work on one."""
