"""Reports: what to say as plain facts, laid out in a language as a document, and written in many forms.

::

    facts, contest, standing, known, sources   an Explanation and rankings -> plain data in no language
    dossier, shortlist                   facts x language -> Document, blocks of text, tables and pictures
      comparison, cooperation, formalities, terms, annex, pieces     its chapters
      charts, worldmap, outlines, pictures                    coordinates, then SVG
    html, markdown, pdf, word, sheets    Document -> bytes; forms chooses by the ending of a file
"""
