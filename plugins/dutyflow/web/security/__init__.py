"""What both web apps need against misuse; each protection exists here once, and apps set it up.

- `origins`: was a form sent from one of our own pages?
- `form_tokens`: was it sent from a page that we showed to this person?
- `signing`: values that a browser keeps for us, and their salts
- `headers`: what a browser may do with an answer
- `limits`: how much, and how often, somebody may send
- `downloads`: files as downloads that no browser opens
- `html`: templates that escape whatever they are given
"""
