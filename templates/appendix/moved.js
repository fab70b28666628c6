// Leads on from a page that was renamed, to the same place on the page that it is now.
"use strict";
window.location.replace(document.querySelector("link[rel=canonical]").href + window.location.search + window.location.hash);
