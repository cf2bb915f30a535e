// A file of its own because the content security policy allows no inline script: the right colours before the first paint.
(function () {
  var stored = null;
  try { stored = localStorage.getItem("linija:scheme"); } catch { stored = null; }
  var dark = stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
