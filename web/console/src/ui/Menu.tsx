/** A button with a small menu: arrows move, Escape closes and gives the focus back. */
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

export interface MenuItem {
  id: string;
  label: ReactNode;
  checked?: boolean;
  run: () => void;
}

interface Props {
  label: ReactNode;
  title: string;
  items: MenuItem[];
  /** Below the items: words, not choices. */
  children?: ReactNode;
  open?: boolean;
  onOpen?: (open: boolean) => void;
}

export function Menu({ label, title, items, children, open: told, onOpen }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [own, setOwn] = useState(false);
  const open = told ?? own;
  const setOpen = (next: boolean) => (onOpen ? onOpen(next) : setOwn(next));
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open) return undefined;
    const checked = box.current?.querySelector<HTMLElement>('[aria-checked="true"], [role^="menuitem"]');
    checked?.focus();
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node) && !button.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      close();
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return (
    <div className="menu">
      <button
        ref={button}
        type="button"
        className="top-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        title={title}
        onClick={() => setOpen(!open)}
      >
        {label} <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <div className="menu-box" ref={box}>
          <div id={id} role="menu" aria-label={title} onKeyDown={move}>
            {items.map((item) => (
              <button
                key={item.id}
                type="button"
                role={item.checked === undefined ? "menuitem" : "menuitemradio"}
                aria-checked={item.checked}
                tabIndex={-1}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                {item.label}
              </button>
            ))}
          </div>
          {children}
        </div>
      )}
    </div>
  );
}
