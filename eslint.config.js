// Rules for the scripts of the page; `make lint` and the pre-commit hook run them.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv/**", "runs/**"] },
  js.configs.recommended,
  { rules: { eqeqeq: "error", "no-var": "error", "prefer-const": ["error", { destructuring: "all" }] } },
  { files: ["demos/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["demos/core/url.js"], languageOptions: { sourceType: "script" } }, // it stands in the page's head
  { files: ["tests/**/*.mjs"], languageOptions: { globals: globals.node } },
];
