function Format-ReportChange {
    <#
    .SYNOPSIS
        What a row of Compare-ExRunReport says: the property, from what to what. Nothing where the mailbox came or went.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Row)

    $of = @{}
    foreach ($name in 'Property', 'From', 'To') { $of[$name] = Get-MemberValue -InputObject $Row -Name $name -Blank }
    if ($null -eq $of['Property']) { return '' }
    return Format-Change -Name $of['Property'] -From $of['From'] -To $of['To']
}
