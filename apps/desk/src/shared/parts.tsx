import type { ReactNode } from "react";
import css from "./shared.module.css";

/** An empty place teaches the next step: one sentence, one button. */
export function Empty({ icon, text, action }: { icon?: ReactNode; text: string; action?: ReactNode }) {
  return <div className={css.empty}>{icon && <div className={css.emptyIcon} aria-hidden>{icon}</div>}<p>{text}</p>{action}</div>;
}

/** Grey lines in the shape of what is coming. */
export function Skeleton({ rows = 3, height = 44 }: { rows?: number; height?: number }) {
  return <div className={css.skeletons} aria-busy="true">{Array.from({ length: rows }, (_, index) => <div key={index} className="skeleton" style={{ height }} />)}</div>;
}

export function Page({ title, tools, children, wide = false }: { title: string; tools?: ReactNode; children: ReactNode; wide?: boolean }) {
  return (
    <main className={css.page} data-wide={wide || undefined}>
      <header className={css.pageHead}><h1>{title}</h1><div className="grow" />{tools}</header>
      {children}
    </main>
  );
}

/** A name and what it is; long texts take the whole line. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return <div className={css.fact} data-long={(typeof children === "string" && children.length > 40) || undefined}><dt>{label}</dt><dd>{children}</dd></div>;
}

export function Keys({ combo }: { combo: string }) {
  return <span className={css.keys}>{combo.split(/(?<=.)[+ ](?=.)/).map((key) => <kbd key={key}>{key}</kbd>)}</span>;
}
