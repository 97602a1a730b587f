"""Who was there on which day, by sections 3 and 6 of the expiry rules, in plain Python."""

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(moment):
    """The day of a local midnight: an exact hour from 13:00 on is the next day's, further east."""
    exact = (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)
    east = exact and 13 <= moment.hour <= 23
    return moment.date() + timedelta(days=1 if east else 0)


def believed(moment):
    """The day that a date of employment says, or None where it says nothing."""
    if moment is None or abs(moment - EPOCH) <= timedelta(hours=24):
        return None
    day = day_of(moment)
    return day if date(1930, 1, 1) <= day <= date(2099, 12, 31) else None


def hired_on(person):
    """The hire date, else the day of the profile."""
    hired = believed(person["hireDate"])
    return hired or (person["created"] and person["created"].date())


def existed(person, as_of):
    """Whether the company knew the person by then."""
    hired, left = believed(person["hireDate"]), believed(person["terminationDate"])
    days = [hired or (person["created"] and person["created"].date())]
    if hired and left and hired > left:
        days.append(person["created"] and person["created"].date())
    known = [day for day in days if day]
    return not known or min(known) <= as_of


def has_left(person, as_of):
    """Gone from the day of leaving on - until hired again, where that was later."""
    hired, left = believed(person["hireDate"]), believed(person["terminationDate"])
    if left is None or as_of < left:
        return False
    came_back = hired is not None and hired > left and as_of >= hired
    return not came_back
