/* Runs before the first paint: a chosen theme must not flash the other one. */
(function () {
  try {
    var theme = localStorage.getItem("openilp.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    console.warn("The theme choice cannot be read because this browser blocks local storage.", error);
  }
})();
