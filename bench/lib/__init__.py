"""The parts of bench/run.

processes  start a program on a core, read its CPU and memory from /proc, end it by pid
setup      what a run needs before it starts: programs, the build of the reference, a certificate, directories
content    the files, the document and the form that servers serve and take in
servers    the servers under test and how each is started
checks     every server gives the right answers before it is measured
loads      wrk, h2load and the clients of bench/reference, and what they print
quiet      connections that do nothing, and the memory that a server holds for them
starts     from the start of a process to its first answer
scenarios  the table of what is measured
rounds     the order of the measurements
report     medians, ratios, goals, Markdown, JSON
pictures   what the pictures need measured, and how they are drawn
svg        line charts
"""
