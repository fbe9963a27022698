function Test-MessageSought {
    <#
    .SYNOPSIS
        Whether the bound parameters of a command say which messages are sought.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound)

    $criteria = 'InternetMessageId', 'From', 'Subject', 'Search', 'ReceivedAfter', 'ReceivedBefore', 'AttachmentName', 'AttachmentSha256', 'Folder', 'RecoverableItems', 'IncludeInline'
    return [bool] @($criteria | Microsoft.PowerShell.Core\Where-Object { $Bound[$_] })
}
