"""What the exam is invented from: syllables, trades and forms of firms that do not exist."""

# ruff: noqa: E501, SIM905 (tables and word lists)

SYLLABLES = (
    "ao bao bin bo cai chang chao chen cheng chuan chun da dao de deng ding dong du fa fan fang fei feng fu gang gao "
    "ge guan guang gui hai han hao he heng hong hou hua huan hui ji jia jian jiang jie jin jing ju kai kang ke kun lan "
    "lei li liang lin ling long lu mao mei meng min ming mu nan ning pei peng ping pu qi qian qiang qing quan ren rong "
    "rui run sen shan shang sheng shi shou shu shun si song su tai tan tao teng tian ting tong tuo wan wei wen wo xi "
    "xia xian xiang xiao xin xing xiong xu xuan xue ya yan yang yao yi yin ying yong you yu yuan yue yun ze zhan zhao "
    "zhe zhen zheng zhi zhong zhou zhu zhuo zi zong"
).split()
HAN = (
    "奥宝滨博彩昌超晨诚川春达道德登鼎东都发帆方飞丰富钢高格冠光贵海涵豪和恒宏厚华欢汇吉佳建江杰金晶巨凯康科坤兰雷利良林灵龙"
    "鹿茂美盟民明木南宁培鹏平普齐乾强庆泉仁荣瑞润森山尚盛实寿舒顺思松苏泰坛涛腾天庭通拓万伟文沃西夏贤祥晓新兴雄旭轩雪亚岩阳"
    "耀毅银盈永友宇元月云泽展昭哲振正志中洲珠卓梓宗"
)
CITIES = (
    ("Shaoxing", "绍兴"), ("Ningbo", "宁波"), ("Suzhou", "苏州"), ("Wuxi", "无锡"), ("Nantong", "南通"),
    ("Qingdao", "青岛"), ("Weifang", "潍坊"), ("Dongguan", "东莞"), ("Foshan", "佛山"), ("Shenzhen", "深圳"),
    ("Xiamen", "厦门"), ("Quanzhou", "泉州"), ("Wenzhou", "温州"), ("Jiaxing", "嘉兴"), ("Huzhou", "湖州"),
    ("Yiwu", "义乌"), ("Zhongshan", "中山"), ("Yantai", "烟台"), ("Dalian", "大连"), ("Tianjin", "天津"),
    ("Wuhan", "武汉"), ("Changsha", "长沙"), ("Hefei", "合肥"), ("Chengdu", "成都"), ("Nanjing", "南京"),
    ("Zhejiang", "浙江"), ("Jiangsu", "江苏"), ("Shandong", "山东"), ("Guangdong", "广东"), ("Fujian", "福建"),
)  # fmt: skip
TRADES = (
    ("Textile", "纺织"), ("Garment", "制衣"), ("Apparel", "服饰"), ("Knitting", "针织"), ("Electronics", "电子"),
    ("Solar Technology", "太阳能科技"), ("New Energy", "新能源"), ("Food", "食品"), ("Chemical", "化工"),
    ("Plastics", "塑料"), ("Furniture", "家具"), ("Hardware", "五金"), ("Shoes", "鞋业"), ("Toys", "玩具"),
    ("Trading", "贸易"), ("International Trade", "国际贸易"), ("Import and Export", "进出口"), ("Logistics", "物流"),
    ("Machinery", "机械"), ("Metal Products", "金属制品"), ("Aluminum", "铝业"), ("Cotton Industry", "棉业"),
    ("Biotechnology", "生物科技"), ("Printing Technology", "打印科技"), ("Packaging", "包装"), ("Auto Parts", "汽配"),
    ("Pharmaceutical", "药业"), ("New Materials", "新材料"), ("Silicon Materials", "硅材料"), ("Hair Products", "发制品"),
)  # fmt: skip
FORMS = ("Co., Ltd.", "Co.,Ltd", "CO LTD", "Company Limited", "Co., Limited", "Limited", "Group Co., Ltd.")
HAN_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "厂")
ABROAD = (
    ("CONG TY TNHH {} VIET NAM", ("MAY MAC", "DET MAY", "GIAY", "THUC PHAM", "NHUA", "CO KHI")),
    ("{} JOINT STOCK COMPANY", ("GARMENT", "SEAFOOD", "WOOD", "PLASTIC", "SOLAR")),
    ("{} PVT LTD", ("EXPORTS", "TEXTILES", "SPINNING MILLS", "FABRICS", "LEATHERS")),
    ("{} LTD", ("APPARELS", "KNIT COMPOSITE", "FASHION WEAR", "DENIM", "SWEATER")),
    ("{} SDN BHD", ("RUBBER", "ELECTRONICS", "FURNITURE", "FOODS")),
    ("{} SANAYI VE TICARET A.S.", ("TEKSTIL", "IPLIK", "GIDA", "ALUMINYUM")),
    ("PT {} TBK", ("TEXTILE", "FOOTWEAR", "GARMENTINDO", "KIMIA")),
    ("{} INC.", ("IMPORTS", "FOODS", "INDUSTRIES", "SOLUTIONS", "HOME", "SPORTSWEAR", "LOGISTICS")),
    ("{} LLC", ("BRANDS", "TRADING", "APPAREL", "SOLAR", "SUPPLY", "OUTDOORS")),
    ("{} GMBH", ("HANDELS", "TEXTIL", "TECHNIK", "MODE")),
    ("{} S.A. DE C.V.", ("TEXTILES", "ALIMENTOS", "PLASTICOS", "CONFECCIONES")),
    ("{} CO., LTD. (THAILAND)", ("FOODS", "RUBBER", "SOLAR", "GARMENT")),
)
ABROAD_PARTS = (
    "al am an ar as ba bel ben bi bo bra cal car chan chi cor da del der di dor el en er es fa fer fi flo gal gan gar "
    "go gra ha har hin il in ja jo ka kar ken kha ki la lan le lo lu ma mar mel mi mo na nam ner ni no ol or pa pen "
    "phu po qua ra ram ri ro sa sal sen sha si so sta su ta tan tel ti to tra tri tu ul va ven vi vo wa wel win ya za"
).split()
ENGLISH = (
    "Harbor Maple Granite Falcon Cedar Liberty Summit Prairie Anchor Beacon Copper Juniper Meadow Sterling Canyon "
    "Willow Raven Aspen Cobalt Delta Ember Fairway Garnet Heritage Ivory Keystone Lakeside Magnolia Northstar Orchard "
    "Pinnacle Quarry Redwood Sapphire Timber Upland Vanguard Westbrook Yardley Zenith Golden Silver Eastern Western "
    "Great Wall Dragon Phoenix Jade Lotus Pearl Crane Bamboo Panda Century Union Sunshine Oasis Camel Hope"
).split()
