function New-MessageRequest {
    <#
    .SYNOPSIS
        The members of a search for messages, or of an export, beside those of every run, from the bound parameters of its
        command.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # A report, and not an export.
        [switch] $Facet
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $request = @{}
        if ($Facet) { $request['facet'] = 'messages' }
        $switches = @{
            IncludeEmpty     = 'includeEmpty'
            IncludeInline    = 'inlineAttachments'
            RecoverableItems = 'recoverableItems'
            ListAttachments  = 'listAttachments'
            Attachments      = 'attachments'
        }
        foreach ($name in $switches.Keys) { if ($Bound[$name]) { $request[$switches[$name]] = $true } }
        $asTheyAre = @{
            Property          = 'columns'
            InternetMessageId = 'internetMessageId'
            From              = 'sender'
            Subject           = 'subject'
            Search            = 'search'
            AttachmentName    = 'attachmentName'
            AttachmentSha256  = 'attachmentSha256'
            Folder            = 'folder'
            Action            = 'action'
            MoveTo            = 'moveTo'
        }
        foreach ($name in $asTheyAre.Keys) { if ($Bound[$name]) { $request[$asTheyAre[$name]] = $Bound[$name] } }
        $times = @{ ReceivedAfter = 'receivedAfter'; ReceivedBefore = 'receivedBefore' }
        foreach ($name in $times.Keys) {
            if ($null -ne $Bound[$name]) { $request[$times[$name]] = $Bound[$name].ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [cultureinfo]::InvariantCulture) }
        }
        $files = @{ PlanFile = 'planFile'; OutFolder = 'outFolder' }
        foreach ($name in $files.Keys) { if ($Bound[$name]) { $request[$files[$name]] = Resolve-FilePath -Cmdlet $Cmdlet -Path $Bound[$name] } }
        return $request
    }
}
