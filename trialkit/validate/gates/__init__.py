"""Gates: what is asked of a file, or of a whole upload, before its rows are looked at one by one."""

GATES: dict[str, str] = {
    "cells": "Every cell can be read as what its field declares: numbers, dates that exist, whole dates, times.",
    "layout": "The file has the columns of its form, each once, in an encoding, with a delimiter, that are declared.",
    "removal": "No record of the last accepted upload of a cumulative form is gone.",
    "identifiers": "No column and no cell holds what tells who somebody is.",
    "blinding": "No column of a blinded transfer tells the arm.",
}
"""Every gate by name, with what it asks."""
