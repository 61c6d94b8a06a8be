"""Settings and logging: the leaf that every layer may import and that imports none of ours.

``settings.py`` has the one table of flags and the typed object made from it; ``flags.py`` what a flag is;
``load.py`` reads files, environment and command line; ``reference.py`` writes the default file;
``schedule.py`` says when something periodic is due; ``logging.py`` sets log lines up.
"""
