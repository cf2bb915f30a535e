export { MergedNote as default } from "./RelationsPanel.tsx";
