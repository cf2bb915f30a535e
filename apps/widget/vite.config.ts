import { defineConfig } from "vite";

/** One classic script that a company's page loads with `async`; it brings no style file and needs no other request. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    target: "es2022",
    lib: { entry: "src/main.ts", name: "linijaCall", formats: ["iife"], fileName: () => "call.js" },
  },
});
