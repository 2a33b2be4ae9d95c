"""Help centre: articles that people can follow, found however they are asked for, and what is announced to all.

What for   Articles in Chinese and English with versions, four eyes before anything is published, and a date from
           which a text counts as stale; public pages that need no script; search that finds by words, typo, pinyin
           and traditional script; questions that nobody has answered yet; announcements of maintenance and
           incidents, and whether they touch the reader's own money.
Owns       schema `helpcentre`.
Emits      ArticlePublished, AnnouncementPublished, AnnouncementEnded.
Hears      nothing.
Looks at   wallet.gateway (the reader's own transactions), people, guard, kit.
"""
