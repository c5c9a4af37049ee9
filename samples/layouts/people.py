"""Invented people, firms and public bodies. The towns do not exist, the numbers are not assigned."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Party:
    """Somebody who signs. A field that is None is left blank where the form asks for it.

    `seal` is what the seal of an institution reads.
    """

    name: str
    representative: str | None = None
    registration_no: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    seal: str | None = None

    def without(self, *fields: str) -> Party:
        """The same party with `fields` left blank."""
        blanks: dict[str, Any] = dict.fromkeys(fields)
        return replace(self, **blanks)

    def gold(self, role: str | None, *shown: str) -> dict[str, Any]:
        """The gold entry of `parties`: the name, the role, and those fields that the document prints."""
        return {"role": role} | {key: value for key, value in asdict(self).items() if key == "name" or key in shown}


DETAILS = ("representative", "registration_no", "phone", "email", "address")

YOON = Party(
    "윤서하", phone="010-0000-1427", email="seoha.yoon@haneulmail.example", address="다온시 물빛구 은행나무길 24, 302호"
)
HAN = Party("한도담", phone="010-0000-8813", email="dodam@han-atelier.example", address="하람군 솔뫼읍 들꽃로 117")
KANG = Party(
    "강이든",
    phone="010-0000-5206",
    email="eden.kang@sorimail.example",
    address="서울특별시 누리구 별내리로 58, 104동 1203호",
)
SEO = Party("서예온", phone="010-0000-3390", email="yeon.seo@bitnam.example", address="경기도 다온시 새솔대로 9길 31")
OH = Party(
    "오늘찬", phone="010-0000-7742", email="neulchan@ohphoto.example", address="가람광역시 중구 나루터로 205, 7층"
)
MIN = Party("민하율", phone="010-0000-6158", email="hayul.min@dreammail.example", address="하람군 두물면 옛장터길 3-12")
CHOI = Party(
    "최보름",
    phone="010-0000-2901",
    email="boreum.choi@gaonmail.example",
    address="다온시 서림구 한들로 73, 라온아파트 502동 801호",
)
BAEK = Party(
    "백산들",
    phone="010-0000-4475",
    email="sandeul@baekmusic.example",
    address="서울특별시 누리구 달맞이길 12-8, 지하 1층",
)
NOH = Party(
    "노아름", phone="010-0000-9034", email="areum.noh@minarimail.example", address="가람광역시 동구 미나리로 66"
)
LIM = Party(
    "임가을", phone="010-0000-1185", email="gaeul.lim@haneulmail.example", address="다온시 물빛구 도담길 8, 201호"
)

NURION = Party(
    "주식회사 누리온출판",
    "정해솔",
    "000-81-20417",
    "02-000-3141",
    "rights@nurion.example",
    "서울특별시 누리구 책마을로 45, 누리온빌딩 3층",
)
MARU = Party(
    "㈜마루미디어",
    "고은결",
    "000-86-00932",
    "02-000-7718",
    "contract@marumedia.example",
    "가람광역시 중구 영상로 100, 1502호",
)
DALBIT = Party(
    "달빛스튜디오 주식회사",
    "문라온",
    "000-88-01355",
    "031-000-2460",
    "hello@dalbit.example",
    "경기도 다온시 새솔대로 210, 5층",
)
SOLMOE = Party(
    "재단법인 솔뫼문화재단",
    "류한결",
    "000-82-04471",
    "070-0000-5583",
    "archive@solmoe.example",
    "하람군 솔뫼읍 문화의길 1",
    seal="솔뫼문화재단의인",
)
DAON = Party(
    "다온시 문화관광재단",
    "표은찬",
    "000-82-11908",
    "031-000-9012",
    "culture@daonct.example",
    "경기도 다온시 시청로 20, 4층",
    seal="다온문화관광재단인",
)
GAON = Party(
    "국립가온박물관",
    "하윤슬",
    "000-83-02266",
    "041-000-1500",
    "rights@gaonmuseum.example",
    "가온시 박물관로 1",
    seal="국립가온박물관장인",
)
HANUL = Party(
    "한울기록원",
    "성다인",
    "000-83-07110",
    "042-000-3377",
    "record@hanul.example",
    "가람광역시 서구 기록원로 88",
    seal="한울기록원장의인",
)
GARAM = Party(
    "가람대학교 산학협력단",
    "원지호",
    "000-82-00645",
    "062-000-4821",
    "copyright@garamu.example",
    "가람광역시 북구 대학로 300, 본관 214호",
    seal="가람대산학협력단인",
)
SORI = Party(
    "(사)우리소리보존회",
    "옥다솜",
    "000-82-09973",
    "063-000-2255",
    "office@urisori.example",
    "하람군 솔뫼읍 풍류길 17",
    seal="우리소리보존회장인",
)

HARTWELL = Party(
    "Daniel Hartwell",
    phone="207-555-0142",
    email="daniel@hartwell.example",
    address="27 Alder Lane, Port Wren, Maine 04000",
)
CASTELLANE = Party(
    "Mira Castellane", email="mira@castellane.example", address="14 Quay Row, Saltmouth SM1 0AA, United Kingdom"
)
NORTHLIGHT = Party(
    "Northlight Press LLC",
    "Eleanor Whitcombe",
    None,
    "503-555-0137",
    "permissions@northlightpress.example",
    "900 Foundry Street, Suite 410, Eastmere, Oregon 97000",
)
HANEUL = Party(
    "Haneul Books Co., Ltd.",
    "Sohn Areum",
    "000-81-33019",
    "02-000-4410",
    "foreign@haneulbooks.example",
    "31 Chaekmaeul-ro, Nuri-gu, Seoul, Republic of Korea",
)
BLUEGATE = Party(
    "Bluegate Pictures, Inc.",
    "Marcus Oyelaran",
    None,
    "213-555-0190",
    "legal@bluegate.example",
    "1 Signal Hill Road, Lowfield, California 90000",
)
