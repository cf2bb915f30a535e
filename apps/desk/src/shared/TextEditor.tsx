import { lazy, Suspense } from "react";
import { Skeleton } from "./parts.tsx";
import type { TextEditorProps } from "./CodeEditor.tsx";

export type { EditorProblem, TextEditorProps } from "./CodeEditor.tsx";

const Loaded = lazy(() => import("./CodeEditor.tsx").then(({ CodeEditor }) => ({ default: CodeEditor })));

/** An editor of texts that people declare things in; it is loaded when it is first shown. */
export function TextEditor(props: TextEditorProps) {
  return <Suspense fallback={<Skeleton rows={8} height={20} />}><Loaded {...props} /></Suspense>;
}
