function Initialize-RunColumn {
    <#
    .SYNOPSIS
        Looks at the columns of a run's first entry, so that they need not be looked at for each. One that has none by
        which a mailbox is known ends the run: a file was read in the wrong way, and so would all that follow.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [object] $Mailbox
    )

    while ($Mailbox -is [System.Collections.IList] -and $Mailbox.Count -gt 0) { $Mailbox = $Mailbox[0] }
    if ($null -eq $Mailbox -or $Mailbox -is [System.Collections.IList]) { return }
    $Run.Columns = $script:IdentityMembers
    $value = $Mailbox.PSObject.BaseObject
    if ($value -is [string] -or $value -is [System.ValueType] -or $value -is [System.Net.Mail.MailAddress]) { return }

    $found = @(Find-MailboxColumn -InputObject $Mailbox)
    if ($found.Count -gt 0) {
        # Objects that come later may have other columns, of the plain names at least.
        $Run.Columns = @(foreach ($wanted in $script:IdentityMembers) {
                $wanted
                # Only the plain Identity is looked at for what it holds where names are handed over in bulk.
                if ($wanted -eq 'Identity') { continue }
                foreach ($name in $found) {
                    $isOther = -not [string]::Equals($name, $wanted, 'OrdinalIgnoreCase')
                    if ($isOther -and (Get-ColumnLetter -Name $name) -eq $wanted) { $name }
                }
            })
        return
    }
    $failure = New-ExRunException -Name 'InvalidArgument' -Message (Get-ColumnHelp -Name @(Get-ColumnName -InputObject $Mailbox))
    Close-Run -Run $Run -Outcome 'Failed'
    $Run.Cmdlet.ThrowTerminatingError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $failure))
}
