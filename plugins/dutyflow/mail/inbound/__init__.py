"""Mails from outside: taken apart, their words read, delivery reports and absences recognised."""
