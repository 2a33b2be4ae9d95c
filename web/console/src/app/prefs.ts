/** What an agent sets for himself; kept in this browser. */
import type { Lang } from '../api/types'
import { Store } from '../live/store'

export interface Prefs {
  lang: Lang
  theme: 'system' | 'light' | 'dark'
  /** Single keys (`?`, `/`, j, k …) work outside inputs; WCAG 2.1.4 wants them switchable. */
  singleKeys: boolean
  sort: 'due' | 'waiting' | 'latest'
  panel: boolean
}

const KEY = 'wd.console.prefs'

function initial(): Prefs {
  const lang: Lang = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  const fresh: Prefs = { lang, theme: 'system', singleKeys: true, sort: 'due', panel: true }
  try {
    return { ...fresh, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>) }
  } catch {
    return fresh
  }
}

export const prefs = new Store<Prefs>(initial())

/** Whether the agent ever chose a language here; else the one of his account is taken. */
export function hasChosenLanguage(): boolean {
  return (localStorage.getItem(KEY) ?? '').includes('"lang"')
}

export function setPrefs(change: Partial<Prefs>): void {
  prefs.update((old) => ({ ...old, ...change }))
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.get()))
  } catch {
    // A full or forbidden store only means that the choice does not survive a reload.
  }
}
