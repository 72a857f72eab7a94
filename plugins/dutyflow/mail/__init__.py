"""Composing, sending and receiving mail; and the words of every mail.

Outgoing: a `contexts` value says what a mail is about → `letter.compose` makes the message →
`sending.send` hands it to a server and says what became of it.
Incoming: an `inbox` gives the bytes → `inbound.read_message` says who wrote what, and in answer
to what.
"""
