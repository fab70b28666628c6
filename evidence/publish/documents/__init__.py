"""The appendix as documents: PDF through Typst; Markdown, and through pandoc DOCX, LaTeX and EPUB."""
