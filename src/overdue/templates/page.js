"use strict";
const root = document.documentElement;
const theme = document.getElementById("theme");
const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const nameTheme = () => { theme.textContent = dark() ? "Light" : "Dark"; };
theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; nameTheme(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
nameTheme();
const code = document.getElementById("code");
if (code) {
  root.classList.add("fold");
  code.addEventListener("click", () => {
    const folded = root.classList.toggle("fold");
    for (const part of document.querySelectorAll("details.code")) part.open = !folded;
    code.setAttribute("aria-pressed", String(!folded));
    code.textContent = folded ? "Show code" : "Hide code";
  });
}
const contents = document.querySelector(".toc details");
if (contents && matchMedia("(max-width: 60rem)").matches) contents.open = false;
