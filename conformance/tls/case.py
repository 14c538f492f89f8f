"""What a case is."""

from collections.abc import Callable
from dataclasses import dataclass

from client import End


@dataclass
class Case:
    """`ends` are the ways in which the connection may end; before that there are so many replies at least."""

    name: str
    ends: set
    play: Callable[..., End]
    replies: int = 0
