import type { ComponentType } from "react";
import type { TextEditorProps } from "../../shared/TextEditor.tsx";
import type { DeclarationProblemView } from "@linija/server/contract/declarations/declarations";

/** What an editor that draws a text gets: the text is the document, the picture only another way to change it. */
export interface PictureProps { projectKey: string; path: string; value: string; onChange: (value: string) => void; problems: readonly DeclarationProblemView[]; /** Shows the text with the cursor there. */ onShowText: (line: number) => void }

/** Editors by kind of text, each loaded when it is first opened; a line a feature. Without one a text is edited as text. */
export const editors: Partial<Record<string, () => Promise<{ default: ComponentType<PictureProps> }>>> = {
  forms: () => import("../forms/FormBuilder.tsx"),
  processes: () => import("../processes/ProcessEditor.tsx"),
  rules: () => import("../rules/RuleEditor.tsx"),
};

/** Editors of texts that know more of a kind than its YAML: what may be written where. */
export const texts: Partial<Record<string, () => Promise<{ default: ComponentType<TextEditorProps & { projectKey: string }> }>>> = {
  rules: () => import("../rules/RuleText.tsx"),
};
