import "./app/mantine.css";
import "./app/tokens.css";
import "./app/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";

const place = document.getElementById("root");
if (place) createRoot(place).render(<StrictMode><App /></StrictMode>);
