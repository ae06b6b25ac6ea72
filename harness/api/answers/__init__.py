"""What the API answers: the shape of every JSON answer, one module a theme.

Nothing is built of these at run time, and nothing is checked by them: a route answers with plain
data. They make the API's document (`harness.api.openapi`), and the tests hold the real answers of
drills against that.
"""
