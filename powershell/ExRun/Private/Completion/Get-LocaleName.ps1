# Languages of Outlook on the web with the regions that they are common in. Others may be typed.
$script:Locales = 'af-ZA|am-ET|ar-AE|ar-BH|ar-DZ|ar-EG|ar-IQ|ar-JO|ar-KW|ar-LB|ar-LY|ar-MA|ar-OM|ar-QA|ar-SA|ar-SY|ar-TN|ar-YE|as-IN|az-Latn-AZ|be-BY|bg-BG|bn-BD|bn-IN|bs-Latn-BA|ca-ES|cs-CZ|cy-GB|da-DK|de-AT|de-CH|de-DE|de-LI|de-LU|el-GR|en-AU|en-BZ|en-CA|en-GB|en-IE|en-IN|en-JM|en-MY|en-NZ|en-PH|en-SG|en-TT|en-US|en-ZA|en-ZW|es-AR|es-BO|es-CL|es-CO|es-CR|es-DO|es-EC|es-ES|es-GT|es-HN|es-MX|es-NI|es-PA|es-PE|es-PR|es-PY|es-SV|es-US|es-UY|es-VE|et-EE|eu-ES|fa-IR|fi-FI|fil-PH|fr-BE|fr-CA|fr-CH|fr-FR|fr-LU|fr-MC|ga-IE|gl-ES|gu-IN|he-IL|hi-IN|hr-BA|hr-HR|hu-HU|hy-AM|id-ID|ig-NG|is-IS|it-CH|it-IT|ja-JP|ka-GE|kk-KZ|km-KH|kn-IN|ko-KR|ky-KG|lb-LU|lo-LA|lt-LT|lv-LV|mi-NZ|mk-MK|ml-IN|mr-IN|ms-BN|ms-MY|mt-MT|nb-NO|ne-NP|nl-BE|nl-NL|nn-NO|or-IN|pa-IN|pl-PL|ps-AF|pt-BR|pt-PT|ro-RO|ru-RU|rw-RW|si-LK|sk-SK|sl-SI|sq-AL|sr-Cyrl-RS|sr-Latn-RS|sv-FI|sv-SE|sw-KE|ta-IN|te-IN|th-TH|tr-TR|tt-RU|uk-UA|ur-PK|uz-Latn-UZ|vi-VN|wo-SN|yo-NG|zh-CN|zh-HK|zh-MO|zh-SG|zh-TW|zu-ZA'

function Get-LocaleName {
    <#
    .SYNOPSIS
        The languages that the Tab key offers.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()

    return $script:Locales -split '\|'
}
