"""How the page is served: here, on a share link, on Hugging Face Spaces."""
