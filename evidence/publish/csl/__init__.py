"""Citations by CSL: any style, through pandoc's citeproc, for everything that is published.

``house`` and ``standard`` make CSL references of sources, ``locating`` says where in them, ``batch`` has them
written, ``formatter`` gives them out and remembers them.
"""
