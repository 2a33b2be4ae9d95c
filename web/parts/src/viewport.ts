/** The on-screen keyboard: the page is as high as what can be seen, so the last message stays above it. */

export function fitKeyboard(): void {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    // While the reader zooms, the page keeps its size: he moves over it.
    if (view.scale > 1.01) return;
    document.documentElement.style.setProperty("--seen", `${Math.round(view.height)}px`);
  };
  view.addEventListener("resize", fit);
  fit();
}
