"""The parts of soak/run. What starts processes and reads /proc is that of bench/lib.

body       bodies whose every byte depends on its position, as soak/server.php makes them
tally      what a client saw: answers, and every failure with its kind, place and time
h1         an HTTP/1.1 client that tells how and where an exchange broke, and those that ask all the time
h2         the same for HTTP/2, frame by frame
loads      wrk and h2load, run again and again, and the errors they count
server     soak/server.php as a process: its workers, reloads, children, end
scenarios  what is demanded, one file each
report     the table
"""
