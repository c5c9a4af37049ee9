"""How typed values look in running text: terms, courts, kinds of works, quotations, names and addresses."""

from __future__ import annotations

import re

_COUNT = r"(?:(?<!\d)\d{1,3}|[일이삼사오육칠팔구십한두세네다섯여섯]{1,3})"
TERM = re.compile(
    r"(?:(?:본|이)\s?)?(?:(?:계약|체결|서명|효력|허락|양도|동의|공표|출판|발행|최초|인도|납품|설정|승인|초판)[^\s,.()]{0,8}(?:\s[^\s,.()]{1,8})?(?:일|날|때|시)(?:로|으로)?부터\s*)?"
    rf"(?:만\s?)?{_COUNT}\s?(?:\([^)]{{1,6}}\)\s?)?(?:년|개월|달|주일|주|일(?!자|부|까지))(?:\s?\d+\s?개월)?(?:\s?간(?![가-힣]))?"
    r"|(?:저작재산권|저작권|권리)의?\s?(?:보호|존속)\s?기간\s?(?:동안|내)?|영구(?:적|히)?|무기한"
    r"|(?:\b(?:one|two|three|four|five|six|seven|ten|twelve|twenty|\w+teen)\s+)?(?:\(\d+\)|\b\d{1,3})\s+(?:calendar\s+)?(?:years?|months?)(?:\s+(?:from|after|following)\s+(?:the\s+)?[^,.;]{3,40})?"
    r"|\b(?:one|two|three|four|five|six|seven|ten|twelve|twenty)\s+(?:years?|months?)(?:\s+(?:from|after|following)\s+(?:the\s+)?[^,.;]{3,40})?|\bperpetual|\bin perpetuity",
    re.IGNORECASE,
)
COURT = re.compile(
    r"(?:(?<=관할하는)|(?<![가-힣]))(?!관할하는)[가-힣]{2,8}(?:지방|고등|가정|행정|회생|특허)\s?법원(?:\s?[가-힣]{2,6}\s?지원)?|대법원"
    r"|(?:[A-Z]\w{1,30} ){1,4}(?:District|High|Superior|Supreme|County) Court(?: of [A-Z]\w++(?: [A-Z]\w++)*+)?|(?:Superior|Supreme|District|High) Court of (?:[A-Z]\w+ ?)+(?<! )"
)
CATEGORY = re.compile(
    r"(?:어문|음악|연극|무용|미술|응용미술|건축|사진|영상|도형|컴퓨터\s?프로그램|편집|데이터베이스|2차적|공동|실연|음반|방송)\s?저작물"
)
QUOTED = re.compile(
    r"『([^『』]{1,80})』|「([^「」]{1,80})」|《([^《》]{1,80})》|〈([^〈〉]{1,80})〉|≪([^≪≫]{1,80})≫|<([가-힣A-Za-z0-9][^<>]{1,80})>"
    r"|[“\"]([^“”\"]{2,80})[”\"]|[‘']([^‘’']{2,80})[’']"
)
CHIEF = r"대\s?표\s?이\s?사|대\s?표\s?자|대\s?표|이\s?사\s?장|관\s?장|원\s?장|총\s?장|회\s?장|소\s?장|센터장|사장|시장|군수|구청장|도지사|단장|위원장|발행인|학장|교장|국장"
TAIL = re.compile(
    rf"(?<!\s)(?:\s++(?:{CHIEF}|이사)(?:\s*+[:：]?\s*+[가-힣](?:\s?[가-힣]){{1,4}})?$|\s*+[(（](?:{CHIEF})[^()]*[)）]$)"
)
CHIEF_FIRST = re.compile(rf"^(?:{CHIEF}|이사)\s+(?=\S)")
ASIDE = re.compile(
    r"(?<!\s)\s++[(（][^()（）]*+[)）]\s*+$|(?<=[가-힣]{2})[(（](?=[^()（）\s·,:：]*+[\s·,:：])[^()（）]*+[)）]\s*+$"
)
NAME_STOP = re.compile(
    r"\s{3,}+|\s[/|]\s|\s*+[(（]?(?:이하\s|생년월일|주민등록번호)|\s*+[(（]\s?(?:담당|☎|T\.|Tel)|\s++(?:님|씨)(?=\s|$)|,\s*+(?:a|an|the)\s|,\s*+\d"
)
PLACE = re.compile(
    r"(?:특별|광역)?[시도군구]\s|[읍면동리로길가]\s?\d|\d+(?:-\d+)?(?:번지|호|층|동)?|[A-Z][a-z]+ (?:Street|St|Road|Rd|Row|Avenue|Lane)|-(?:ro|gil|gu|si|do)\b"
)
SENTENCE = re.compile(r"(?:니다|한다|이다|된다|있다|없다|는다|하며|하고)[.)]?$|다\.\s")
