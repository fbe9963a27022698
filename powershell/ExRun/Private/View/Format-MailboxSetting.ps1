# How deep settings are shown; the service's own are three levels.
$script:SettingDepth = 4

function Format-MailboxSetting {
    <#
    .SYNOPSIS
        The settings of a mailbox as lines that a person reads: each under the name that it has in the object, replies to
        mail as text and shortened. What Graph says of the reply itself is left out.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Settings)

    $entries = [System.Collections.Generic.List[object]]::new()
    Add-SettingEntry -Settings $Settings -Entry $entries -Depth 0
    return Format-Line -Entry $entries.ToArray()
}
