"""Invented articles, in the forms in which real ones come."""

from typing import Final

from tongguan.adapters.sources.reading import Given

GIVEN: Final = Given(zone="Asia/Hong_Kong")

POST: Final = """---
layout: post
title: "渡轮明年三月复航"
date: 2031-03-04T01:02:03.456Z
author: 海湾日报
from: https://www.bay-daily.example.com/news/ferry-1?utm_source=feed&page=2
weight: 0.5
tags: [ 海湾日报 ]
---
<!--1930400000000-->
[渡轮明年三月复航](https://www.bay-daily.example.com/news/ferry-1)
------

<div onclick="steal()">
<p>港务长今天说，两岸渡轮的准备工作已经就绪。</p><p>详情见\
<a href="https://port.example.org/plan?id=7&utm_medium=x&fbclid=1" onmouseover="x()">\
港务处的计划</a>。</p>\
<section id="ad"><div id="ad-1">   </div></section><script>alert(1)</script><style>p{}</style>\
<iframe src="https://ads.example.net/"></iframe><!-- <b>hidden</b> -->\
<a href="https://subscribe.example.com/offer?utm_campaign=one"><img src="https://t.example.com/p.png"></a>\
<p><a href="https://bay-daily.example.com/app">下载App</a> | <a href="https://bay-daily.example.com/f">关注我们</a></p>
</div>
"""
"""A news post in Simplified Chinese with raw HTML, promotion and two different times."""

PAGE_HANT: Final = """<!DOCTYPE html>
<html lang="zh-HK"><head><meta charset="utf-8">
<title>渡輪服務恢復 - 海灣新聞網</title>
<meta property="og:title" content="渡輪服務恢復">
<meta property="og:site_name" content="海灣新聞網">
<meta property="article:published_time" content="2031-03-04T09:00:00+08:00">
<meta property="article:modified_time" content="2031-03-04T12:30:00+08:00">
<link rel="canonical" href="https://news.bay.example.hk/2031/ferry?gclid=1#top">
<script>track("x")</script></head>
<body><nav><a href="/">主頁</a></nav><header><p>海灣新聞網</p></header>
<article><h1>渡輪服務恢復</h1><time datetime="2031-03-04T09:00:00+08:00">今早</time>
<p>政府宣布，渡輪將於下星期恢復。<b>名額</b>有限。</p><ul><li>每日一千名</li><li>須預約</li></ul>
<p style="display: none">看不見</p><aside>廣告</aside>
<p><a href="/subscribe/now">立即訂閱</a></p><p><a href="javascript:alert(1)">不通</a></p></article>
<footer>版權</footer></body></html>
"""

PAGE_EN: Final = """<html lang="en-GB"><head>
<title>Ferries return | Bay Herald</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "name": "Bay Herald"},
 {"@type": "NewsArticle", "headline": "Ferries return in spring",
  "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Wong"}],
  "publisher": {"@type": "Organization", "name": "Bay Herald"},
  "datePublished": "2031-03-04", "dateModified": "2031-03-06T10:00:00Z",
  "mainEntityOfPage": {"@id": "https://herald.example.org/ferries"}}]}</script></head>
<body><main><h2>Ferries return</h2><p>The harbour office said that the ferries are to return.</p>
<p>Seats: <a href="/seats">see the plan</a> of the office.</p></main></body></html>
"""
