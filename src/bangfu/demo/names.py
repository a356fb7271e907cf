"""Invented names: composed of uncommon but readable characters, so that they fit nobody."""

from __future__ import annotations

from random import Random

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭何林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
    "傅钟姜崔谭廖范汪陆金石戴韦夏邱方侯邹熊孟白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严武戚莫孔向汤"
)
# Fields, trees, rivers and weather first; what follows says a little about the person.
_FIRST = "麦禾穗垄桑棠槐桐榆柏砚谷雨岚溪淮汝颍沐秋墨菽稷葵荞蔓芦荻苇椿梓杉樟朴"
_SECOND_MALE = "成安生林才有福堂川舟田山石根旺顺厚坤培垒屯耕犁仓"
_SECOND_FEMALE = "兰花梅芳莲菊荷芝萍蓉薇茹苗叶枝朵絮桂月露燕蝉"


def person_name(random: Random, sex: str) -> str:
    """One invented name for a `sex` of "male" or "female"."""
    second = _SECOND_MALE if sex == "male" else _SECOND_FEMALE
    return random.choice(_SURNAMES) + random.choice(_FIRST) + random.choice(second)


def child_name(random: Random, parent: str, sex: str) -> str:
    """A name with the surname of `parent`."""
    return parent[0] + person_name(random, sex)[1:]
